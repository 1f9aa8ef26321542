"""Alembic's entry. The caller's configuration brings the metadata and the address (`infra.migrations`)."""

from alembic import context
from sqlalchemy import create_engine, pool, text

config = context.config

engine = create_engine(config.attributes["url"], hide_parameters=True, poolclass=pool.NullPool)
with engine.connect() as connection:
    # A migration that can't get its lock gives up, instead of queueing every reader behind itself.
    connection.execute(text("SET lock_timeout = '5s'"))
    connection.commit()
    context.configure(
        connection=connection, target_metadata=config.attributes["metadata"], compare_type=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()

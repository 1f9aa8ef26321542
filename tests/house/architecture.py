"""The map in docs/architecture.md, made from the tree: `python -m tests.house.architecture` writes it anew."""

import ast
from pathlib import Path

PAGE = Path("docs/architecture.md")
BEGIN, END = "<!-- the map begins -->", "<!-- the map ends -->"
ROOMS = ("events", "workers", "infra")
# What every slice has for the same purpose needs no line of its own.
USUAL = {"__init__.py", "models.py", "rules.py", "queries.py", "schemas.py", "service.py", "routes.py"}


def drawn() -> str:
    """Every room, with the first sentence of what its files say of themselves."""
    lines = ["```text"]
    for room in ROOMS:
        for folder in sorted({path.parent for path in Path(room).rglob("*.py")}):
            lines += _room(folder)
    return "\n".join([*lines, "```"])


def _room(folder: Path) -> list[str]:
    files = sorted(folder.glob("*.py"))
    usual = [path.stem for path in files if path.name in USUAL and path.name != "__init__.py"]
    others = [path for path in files if path.name not in USUAL and "versions" not in path.parts]
    head = f"{folder}/" + (f"  {' · '.join(usual)}" if usual else "")
    return [head, *(f"    {path.name:24} {_says(path)}".rstrip() for path in others)]


def _says(path: Path) -> str:
    words = " ".join((ast.get_docstring(ast.parse(path.read_text())) or "").split())
    sentence = words.partition(". ")[0].rstrip(".")
    return sentence if len(sentence) <= 110 else sentence[:109].rsplit(" ", 1)[0] + " …"


def kept() -> str:
    """The map as the page has it."""
    return PAGE.read_text().partition(BEGIN)[2].partition(END)[0].strip()


if __name__ == "__main__":
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{drawn()}\n{END}{rest.partition(END)[2]}")

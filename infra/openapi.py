"""What the API's description says of every refusal: one RFC 9457 problem for all, in place of the framework's own shape."""

from litestar.openapi.spec import Components, OpenAPI, OpenAPIMediaType, OpenAPIResponse, PathItem, Reference, Schema, SecurityScheme
from litestar.openapi.spec.enums import OpenAPIType

from infra.web import PROBLEM

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_TEXT = Schema(type=OpenAPIType.STRING)
_FAULT = Schema(
    type=OpenAPIType.OBJECT,
    properties={"path": _TEXT, "code": _TEXT, "detail": _TEXT},
    required=["path", "code", "detail"],
)
_PROBLEM = Schema(
    title="Problem",
    description="A refusal. `code` is stable and made for programs, the sentences are for people; `errors` names every bad field.",
    type=OpenAPIType.OBJECT,
    properties={
        "type": _TEXT,
        "title": _TEXT,
        "status": Schema(type=OpenAPIType.INTEGER),
        "detail": _TEXT,
        "code": _TEXT,
        "errors": Schema(type=OpenAPIType.ARRAY, items=_FAULT),
    },
    required=["type", "title", "status", "detail", "code", "errors"],
)


def describe_refusals(schema: OpenAPI) -> None:
    """Give every operation the problem as its answer to whatever it refuses, and say how a key is sent."""
    components = schema.components if isinstance(schema.components, Components) else Components()
    components.schemas = {**(components.schemas or {}), "Problem": _PROBLEM}
    components.security_schemes = {
        "bearer": SecurityScheme(type="http", scheme="bearer", description="An API key of a desk, or the manage token of one registration.")
    }
    schema.components = components
    refused = OpenAPIResponse(
        description="A refusal", content={PROBLEM: OpenAPIMediaType(schema=Reference(ref="#/components/schemas/Problem"))}
    )
    for path in (schema.paths or {}).values():
        _describe(path, refused)


def _describe(path: PathItem, refused: OpenAPIResponse) -> None:
    for method in METHODS:
        operation = getattr(path, method)
        if operation is not None:
            answers = {code: answer for code, answer in (operation.responses or {}).items() if code != "400"}
            operation.responses = {**answers, "default": refused}

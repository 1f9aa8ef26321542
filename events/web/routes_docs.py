"""The API's description as a page of our own: made from openapi.json, nothing loaded from elsewhere, readable without a script."""

from typing import Any

from litestar import Response

from events.web.pages import page, read
from infra.web import AnyRequest

METHODS = ("get", "post", "patch", "put", "delete")


@read("/api/docs", sync_to_thread=False)
def docs(request: AnyRequest) -> Response[bytes]:
    """Every address with what it takes and answers, and every shape."""
    schema: dict[str, Any] = request.app.openapi_schema.to_schema()
    operations = [
        _operation(path, method, found[method]) for path, found in sorted(schema["paths"].items()) for method in METHODS if method in found
    ]
    shapes = [_shape(name, shape) for name, shape in sorted(schema["components"].get("schemas", {}).items()) if "properties" in shape]
    return page(request, "docs.html", operations=operations, shapes=shapes, address=request.app.state.installation.settings.public_url)


def _operation(path: str, method: str, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"{method}-{path}",
        "method": method.upper(),
        "path": path,
        "says": found.get("description") or found.get("summary", ""),
        "parameters": [
            {"name": p["name"], "where": p["in"], "required": p.get("required", False), "kind": _kind(p.get("schema", {}))}
            for p in found.get("parameters", [])
        ],
        "takes": _content(found.get("requestBody", {})),
        "answers": [(code, _content(answer)) for code, answer in sorted(found.get("responses", {}).items())],
    }


def _content(found: dict[str, Any]) -> str:
    """The shape of a body; nothing when there is none."""
    return next((_kind(content.get("schema", {})) for content in found.get("content", {}).values()), "")


def _shape(name: str, found: dict[str, Any]) -> dict[str, Any]:
    required = set(found.get("required", ()))
    fields = [{"name": key, "kind": _kind(kind), "required": key in required} for key, kind in found["properties"].items()]
    return {"name": name, "says": found.get("description", ""), "fields": fields}


def _kind(schema: dict[str, Any]) -> str:
    """A schema in a few words: `string`, `[OccurrenceShown]`, `string | null`, `"city" | "district"`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(_kind(one) for one in schema[several]))
    kind = schema.get("type", "value")
    if kind == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    words = " | ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{words} ({schema['format']})" if "format" in schema else words


ROUTES = [docs]

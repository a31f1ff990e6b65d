# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The description of the interface (OpenAPI 3.1). A test holds every key of an answer against it."""

_STRINGS: dict[str, object] = {"type": "array", "items": {"type": "string"}}
_TEXT: dict[str, object] = {"type": "string"}
_COUNT: dict[str, object] = {"type": "integer", "minimum": 0}

FILE: dict[str, object] = {
    "type": "object",
    "required": ["path", "names", "sha256", "size_bytes", "format", "role", "container", "codes"],
    "properties": {
        "path": _STRINGS,
        "names": _STRINGS,
        "sha256": _TEXT,
        "size_bytes": _COUNT,
        "format": _TEXT,
        "role": _TEXT,
        "container": {"type": "boolean"},
        "codes": _STRINGS,
        "text_sha256": _TEXT,
    },
}
OBJECTION: dict[str, object] = {
    "type": "object",
    "required": ["code", "path", "inner", "disposition", "clause", "clause_url", "sentence", "remedy"],
    "properties": {
        "code": _TEXT,
        "path": _STRINGS,
        "inner": _STRINGS,
        "disposition": {"enum": ["accept", "notify", "hold", "refuse", "delete"]},
        "clause": _TEXT,
        "clause_url": _TEXT,
        "sentence": _TEXT,
        "remedy": _TEXT,
    },
}
CHECKED: dict[str, object] = {
    "type": "object",
    "required": [
        "name", "format", "verdict", "disposition", "codes", "tier", "defects", "files", "edition", "channel",
        "size_bytes", "limit_bytes", "objections", "not_checked",
    ],
    "properties": {
        "name": _TEXT,
        "format": _TEXT,
        "verdict": {"enum": ["accept", "reject"]},
        "disposition": {"enum": ["accept", "notify", "hold", "refuse", "delete"]},
        "codes": _STRINGS,
        "tier": {"enum": ["clean", "note", "union", "refuse"]},
        "defects": _STRINGS,
        "files": {"type": "array", "items": {"$ref": "#/components/schemas/File"}},
        "edition": _TEXT,
        "channel": _TEXT,
        "size_bytes": _COUNT,
        "limit_bytes": _COUNT,
        "objections": {"type": "array", "items": {"$ref": "#/components/schemas/Objection"}},
        "not_checked": _STRINGS,
    },
}  # fmt: skip
PROBLEM: dict[str, object] = {
    "type": "object",
    "required": ["error", "sentence"],
    "properties": {"error": _TEXT, "sentence": _TEXT},
}


def _answer(description: str, schema: str) -> dict[str, object]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


_FORM: dict[str, object] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}},
        "channel": {"enum": ["email", "bebpo"], "default": "email"},
    },
}

OPENAPI: dict[str, object] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Darf ich das so schicken?",
        "version": "1",
        "description": "Checks files against the published terms of access before they are sent. Nothing is stored.",
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    },
    "paths": {
        "/api/v1/check": {
            "post": {
                "operationId": "check",
                "summary": "What would become of these files if they were sent now, as one message",
                "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}},
                "responses": {
                    "200": _answer("Checked; the verdict may be accept or reject", "Checked"),
                    "400": _answer("No file, too many files, or no multipart form", "Problem"),
                    "413": _answer("Larger than what is looked at here", "Problem"),
                    "429": _answer("Too many checks from this address; see Retry-After", "Problem"),
                    "503": _answer("No inspector is free; see Retry-After", "Problem"),
                },
            }
        }
    },
    "components": {"schemas": {"File": FILE, "Objection": OBJECTION, "Checked": CHECKED, "Problem": PROBLEM}},
}

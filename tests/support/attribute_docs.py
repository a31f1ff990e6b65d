# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The sentences that stand below attributes in a module's source; Python forgets them, the documentation needs them."""

import ast
import inspect
from types import ModuleType


def attribute_docs(module: ModuleType) -> dict[tuple[str, str], str]:
    """(class, attribute) to its sentence."""
    classes = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef)]
    return {
        (one.name, _name(before)): " ".join(str(after.value.value).replace("``", "`").split())
        for one in classes
        for before, after in zip(one.body, one.body[1:], strict=False)
        if isinstance(before, ast.Assign | ast.AnnAssign)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
    }


def _name(statement: ast.Assign | ast.AnnAssign) -> str:
    target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
    return target.id if isinstance(target, ast.Name) else ""

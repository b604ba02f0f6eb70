"""Settings as text: equal exactly when they mean the same to a build."""

from __future__ import annotations

import os
import types
from collections.abc import Mapping
from typing import Any


def canonical(value: Any) -> str:
    """Return text that tells `value` from any other.

    Functions are told by their code. What cannot be told from another of its
    kind is told from everything, even from itself: then nothing is reused.
    """
    return "".join(_parts(value, 0))


def _parts(value: Any, depth: int) -> list[str]:
    if depth > 20:
        return [_unlike_any()]
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return [type(value).__name__, repr(value), ";"]
    if isinstance(value, Mapping):
        items = ["".join(_parts(k, depth + 1) + _parts(v, depth + 1)) for k, v in value.items()]
        # Order counts: templates may walk through a setting.
        return [type(value).__name__, "{", *items, "}"]
    if isinstance(value, (list, tuple)):
        return [
            type(value).__qualname__,
            "[",
            *(part for item in value for part in _parts(item, depth + 1)),
            "]",
        ]
    if isinstance(value, (set, frozenset)):
        return ["set(", *sorted("".join(_parts(item, depth + 1)) for item in value), ")"]
    if isinstance(value, type):
        return [f"class {value.__module__}.{value.__qualname__};"]
    if isinstance(value, types.BuiltinFunctionType):
        return [f"builtin {value.__module__}.{value.__qualname__};"]
    if isinstance(value, types.FunctionType):
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        return [
            f"function {value.__module__}.{value.__qualname__}",
            *_parts([*_code(value.__code__), value.__defaults__, value.__kwdefaults__], depth + 1),
            *_parts(cells, depth + 1),
        ]
    if isinstance(value, types.MethodType):
        return ["method", *_parts(value.__func__, depth + 1), *_parts(value.__self__, depth + 1)]
    if isinstance(value, os.PathLike):
        return [type(value).__name__, repr(os.fspath(value)), ";"]
    return _by_reduction(value, depth)


def _code(code: types.CodeType) -> list[Any]:
    constants = [
        _code(constant) if isinstance(constant, types.CodeType) else constant
        for constant in code.co_consts
    ]
    return [code.co_code, constants, code.co_names, code.co_varnames]


def _by_reduction(value: Any, depth: int) -> list[str]:
    """Tell an object by how `copy` would make another one."""
    try:
        reduced = value.__reduce_ex__(2)
    except Exception:  # noqa: BLE001 - any object, and any way to refuse
        return [_unlike_any()]
    if isinstance(reduced, str):
        return [f"global {type(value).__module__}.{reduced};"]
    return ["object", *_parts([part for part in reduced if part is not None], depth + 1)]


def _unlike_any() -> str:
    return f"<{os.urandom(8).hex()}>"

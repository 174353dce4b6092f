"""The stand-alone verifier: one file outside the package, loaded here as a module to be asked piece by piece."""

from __future__ import annotations

import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

VERIFIER = Path(__file__).parents[2] / "bin" / "verify-case-file"


def _loaded() -> ModuleType:
    spec = spec_from_loader("verify_case_file", SourceFileLoader("verify_case_file", str(VERIFIER)))
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verifier: Any = _loaded()

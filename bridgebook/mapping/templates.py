"""Fill in the templates of staging models the way dbt does, without a project, a profile or a warehouse.

A build knows the compiled SQL only when it is over, and asking dbt for it costs as much as a build's start.
Staging needs little of dbt: the project's own macros, dbt's and its adapter's from the installed packages,
and a few objects. `tests/mapping` compares the result with what dbt compiles.
"""

import importlib.util
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import ChainableUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

Describe = Callable[[str], list[tuple[str, str]]]
Refer = Callable[[str], str]
_MACRO = re.compile(r"({%-?\s*macro\s+)(\w+)(?=\s*\()")
# Inside its file a macro has another name, so that its neighbours too call it through the registry.
_PREFIX = "of_file__"
# Where a macro is looked for, as dbt does: the project, the adapter, dbt itself.
_PACKAGES = ("bridgebook", "dbt_duckdb", "dbt")
_DIALECTS = ("duckdb", "default")


class TemplateRefused(Exception):
    """A template that cannot be filled in: the model's name and why."""

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(f"{model}: {reason}")
        self.model, self.reason = model, reason


class _Returned(Exception):
    """Carries what a macro gives with `return(...)` to its caller."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class Templates:
    """Fills in models; holds the compiled macros, so that one is used for all models of a run."""

    def __init__(self, macros: Path, variables: Mapping[str, Any], describe: Describe, refer: Refer) -> None:
        self._environment = SandboxedEnvironment(extensions=["jinja2.ext.do"], undefined=ChainableUndefined)
        self._variables = variables
        self._model = SimpleNamespace(name="")
        self._packages = {
            "bridgebook": self._macros(macros),
            "dbt_duckdb": self._macros(_installed("dbt.include.duckdb")),
            "dbt": self._macros(_installed("dbt.include.global_project")),
        }
        for package in reversed(_PACKAGES):
            self._environment.globals.update(self._packages[package])
        self._environment.globals |= {
            name: SimpleNamespace(**found) for name, found in self._packages.items()
        }
        self._environment.globals |= self._objects(describe, refer)

    def fill(self, model: str, text: str) -> str:
        """Return the SQL of a model; raise TemplateRefused where the template cannot be filled in."""
        outer, self._model.name = (
            self._model.name,
            model,
        )  # a model that is referred to is filled in on the way
        try:
            return self._environment.from_string(text).render().strip()
        except (TemplateError, TemplateRefused, TypeError) as error:
            reason = error.reason if isinstance(error, TemplateRefused) else str(error)
            raise TemplateRefused(model, reason) from None
        finally:
            self._model.name = outer

    def _objects(self, describe: Describe, refer: Refer) -> dict[str, Any]:
        """Return what dbt gives to a template beside macros, as far as it makes sense outside a build."""

        def schema_of(query: str) -> list[SimpleNamespace]:
            return [SimpleNamespace(name=name, data_type=kind) for name, kind in describe(query)]

        return {
            "adapter": SimpleNamespace(
                quote='"{}"'.format, dispatch=self._dispatch, get_column_schema_from_query=schema_of
            ),
            "api": _Api(),
            "config": lambda *_, **__: "",
            "exceptions": SimpleNamespace(raise_compiler_error=self._refuse),
            "execute": True,
            "is_incremental": lambda: False,
            "log": lambda *_, **__: "",
            "model": self._model,
            "ref": lambda *names: refer(names[-1]),
            "return": _return,
            "source": lambda source, table: f'"{source}"."{source}"."{table}"',
            "target": SimpleNamespace(type="duckdb", name="duck", schema="main", database="work"),
            "var": lambda name, default=None: self._variables.get(name, default),
        }

    def _refuse(self, message: str) -> None:
        raise TemplateRefused(self._model.name, message)

    def _dispatch(self, name: str, *_: Any, **__: Any) -> Any:
        for package in _PACKAGES:
            for dialect in _DIALECTS:
                found = self._packages[package].get(f"{dialect}__{name}")
                if found is not None:
                    return found
        raise TemplateRefused(self._model.name, f"no macro {name} for duckdb")

    def _macros(self, folder: Path) -> dict[str, Any]:
        """Return the macros of a folder by name; a file is compiled when one of its macros is first used."""
        found: dict[str, Any] = {}
        for file in sorted(folder.rglob("*.sql")):
            text = file.read_text(encoding="utf-8")
            module = _Module(self._environment, text)
            for _, name in _MACRO.findall(text):
                found[name] = _macro(module, name)
        return found


class _Api:
    """What dbt calls `api`; its classes are loaded when a macro asks for them."""

    @property
    def Column(self) -> Any:
        from dbt.adapters.duckdb.column import DuckDBColumn

        return DuckDBColumn


class _Module:
    """One file of macros, compiled when it is first asked."""

    def __init__(self, environment: SandboxedEnvironment, text: str) -> None:
        self._environment, self._text = environment, text
        self._found: Any = None

    def macro(self, name: str) -> Any:
        if self._found is None:
            self._found = self._environment.from_string(
                _MACRO.sub(rf"\g<1>{_PREFIX}\g<2>", self._text)
            ).make_module()
        return getattr(self._found, _PREFIX + name)


def _macro(module: _Module, name: str) -> Callable[..., Any]:
    def call(*positional: Any, **named: Any) -> Any:
        try:
            return module.macro(name)(*positional, **named)
        except _Returned as returned:
            return returned.value

    return call


def _return(value: Any = None) -> None:
    raise _Returned(value)


def _installed(package: str) -> Path:
    found = importlib.util.find_spec(package)
    places = list(found.submodule_search_locations or []) if found else []
    return Path(places[0]) / "macros" if places else Path("/nonexistent")

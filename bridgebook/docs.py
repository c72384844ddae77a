"""The documentation of all models and columns as one page, without a network."""

import shutil
from datetime import date
from pathlib import Path

from bridgebook import landed
from bridgebook.build import WAIT_SECONDS, dbt_variables, locks_of
from bridgebook.build_plan import read_inputs
from bridgebook.dbt_run import log_file, run_dbt
from bridgebook.errors import BuildFailed
from bridgebook.locks import hold_all
from bridgebook.project import Shipped, shipped
from bridgebook.reporting import Report, silent, waiting
from bridgebook.settings import Settings


def write_docs(settings: Settings, *, report: Report = silent, source: Shipped | None = None) -> Path:
    """Write <home>/docs/index.html and return it. The warehouse must have been built once."""
    home = settings.home
    names = locks_of(settings)
    with hold_all(home, names, "bridgebook docs", WAIT_SECONDS, waiting=waiting(report)):
        inputs = read_inputs(settings, source or shipped(), date.today())
        if not (home.work_file.is_file() and home.house_file.is_file()):
            raise BuildFailed("docs_need_a_build")
        landed.create_views(inputs.installation, home.work_file)
        # Compiling would read the landed tables, which only a build attaches: parse for the models' promises,
        # then read types and sizes from the databases as they are.
        for command in (("parse",), ("docs", "generate", "--static", "--no-compile")):
            outcome = run_dbt(home, *command, variables=dbt_variables(inputs))
            if not outcome.success:
                failures = "\n".join(f"  - {failure.message}" for failure in outcome.failures)
                raise BuildFailed("docs_failed", failures=failures, log=log_file(home))
        home.docs.mkdir(exist_ok=True)
        page = home.docs / "index.html"
        shutil.copyfile(home.target / "static_index.html", page)
    return page

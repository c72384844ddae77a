"""Let stories happen in a Tryton database, day by day, one transaction a step.

usage: python -m tests.tryton.real.business DATABASE CONFIGURATION STATE SEED PURCHASES SALES

The first call sets up the company and writes STATE; later calls read it and go on with other stories.
"""

import heapq
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from proteus import config as proteus_config
from trytond.pool import Pool
from trytond.transaction import Transaction, TransactionError
from trytond.worker import run_task

from tests.tryton.real.company import FIRST, LAST, Company, set_up
from tests.tryton.real.stories import Step, Story, month_end, opening, purchase, sale

ATTEMPTS = 6


def main() -> None:
    """Read the command line, tell the stories, print what happened."""
    database, configuration, state_file, seed, purchases, sales = sys.argv[1:]
    connected = proteus_config.set_trytond(database, config_file=configuration)
    random, state = Random(int(seed)), Path(state_file)
    is_first = not state.exists()
    if is_first:
        company = set_up(random, connected.user)
        state.write_text(json.dumps(company.as_json()), encoding="utf-8")
    company = Company(**json.loads(state.read_text(encoding="utf-8")))
    stories: list[tuple[date, Story]] = []
    if is_first:
        stories.append((FIRST, opening(random, company, FIRST)))
        stories += [(day, month_end(Random(day.toordinal()), company, day)) for day in _month_ends()]
    for tell, number in ((purchase, int(purchases)), (sale, int(sales))):
        for _ in range(number):
            day = FIRST + timedelta(days=random.randint(3, (LAST - FIRST).days - 20))
            stories.append((day, tell(Random(random.random()), company, day)))
    told = Teller(database, company).tell(stories)
    print(json.dumps(told, ensure_ascii=False))


def _month_ends() -> Iterator[date]:
    for number in range(14):
        yield date(2025 + number // 12, number % 12 + 1, 27)


class Teller:
    """Holds the database and the locks that Tryton asked for."""

    def __init__(self, database: str, company: Company) -> None:
        self.database, self.company = database, company
        self.pool = Pool(database)
        self.locks: dict[str, Any] = {}
        self.context = {"company": company.company, "_skip_warnings": True}

    def tell(self, stories: list[tuple[date, Story]]) -> Counter[str]:
        """Let all steps up to the last day happen in order of their days; return how often each kind did."""
        numbers, told = count(), Counter[str]()
        waiting: list[tuple[date, int, Step, Story]] = []

        def go_on(story: Story, answer: object) -> None:
            try:
                step = story.send(answer)
            except StopIteration:
                return
            if step.day <= LAST:
                heapq.heappush(waiting, (step.day, next(numbers), step, story))

        for _, story in stories:
            go_on(story, None)
        while waiting:
            _, _, step, story = heapq.heappop(waiting)
            answer = self.happen(step)
            told[step.name] += 1
            go_on(story, answer)
        return told

    def happen(self, step: Step) -> object:
        """Do one step; where Tryton asks for a lock first, take it and do the step again."""
        for _ in range(ATTEMPTS):
            with Transaction().start(
                self.database, self.company.user, context=self.context, **self.locks
            ) as transaction:
                try:
                    answer = step.work(self.pool)
                    transaction.commit()
                except TransactionError as error:
                    transaction.rollback()
                    error.fix(self.locks)
                    continue
            while transaction.tasks:
                run_task(self.pool, transaction.tasks.pop())
            return answer
        raise RuntimeError(f"{step.name} of {step.day} found no lock in {ATTEMPTS} attempts")


if __name__ == "__main__":
    main()

"""Find what is wrong in a set of voucher rules before it is used; every fault names its file and row."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise, product

from bridgebook.errors import Problem
from bridgebook.vouchers import words
from bridgebook.vouchers.rule_files import Row, RuleSet


def find_faults(given: RuleSet) -> tuple[Problem, ...]:
    """Return every fault that shows without data: words, references, duplicates, overlaps, gaps, balance."""
    lines = _lines_by_rule(given.lines)
    return (
        *_rule_words(given.rules),
        *_line_words(given),
        *_policy_words(given.policies),
        *_determination_words(given),
        *_duplicates(given),
        *_references(given, lines),
        *_overlaps(given.rules),
        *_gaps(given.rules),
        *_balances(given.rules, lines),
        *_unsettled_accounts(given.determination),
    )


def _problem(row: Row, key: str, /, **values: object) -> Problem:
    return Problem(row.place, key, tuple(values.items()))


def _lines_by_rule(lines: Iterable[Row]) -> Mapping[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for line in lines:
        found[line["rule_code"], line["version"]].append(line)
    return found


def _choices(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split("|"))


def _unknown(row: Row, column: str, known: Sequence[str]) -> Iterator[Problem]:
    for word in _choices(row[column]):
        if row[column] and known and word not in known:
            allowed = ", ".join(known)
            yield _problem(row, "vouchers_unknown_word", column=column, value=word, allowed=allowed)


def _rule_words(rules: Iterable[Row]) -> Iterator[Problem]:
    for rule in rules:
        for column in ("rule_code", "version", "event", "priority", "merge"):
            if not rule[column]:
                yield _problem(rule, "vouchers_empty_cell", column=column)
        yield from _unknown(rule, "event", tuple(words.EVENTS))
        yield from _unknown(rule, "merge", words.MERGES)
        for column in words.CONDITIONS:
            yield from _unknown(rule, column, words.values_of(rule["event"], column))
        for column in ("named_item", "named_text"):
            if "|" in rule[column]:
                yield _problem(rule, "vouchers_single_word", column=column)
        if rule.valid_to < rule.valid_from:
            yield _problem(rule, "vouchers_days_reversed")


def _line_words(given: RuleSet) -> Iterator[Problem]:
    events = {(rule["rule_code"], rule["version"]): rule["event"] for rule in given.rules}
    for line in given.lines:
        for column in ("line_no", "side", "account_role", "amount"):
            if not line[column]:
                yield _problem(line, "vouchers_empty_cell", column=column)
        yield from _unknown(line, "side", words.SIDES)
        yield from _unknown(line, "negative", words.NEGATIVES)
        yield from _unknown(line, "only_when", words.ONLY_WHEN)
        event = events.get((line["rule_code"], line["version"]), "")
        carried = words.EVENTS.get(event, ())
        if carried and line["amount"] and line["amount"].lstrip("-") not in carried:
            allowed = ", ".join(carried)
            yield _problem(
                line, "vouchers_unknown_amount", value=line["amount"], event=event, allowed=allowed
            )
        for name in filter(None, line["dimensions"].split(",")):
            if name.strip() not in words.DIMENSIONS:
                allowed = ", ".join(words.DIMENSIONS)
                yield _problem(
                    line, "vouchers_unknown_word", column="dimensions", value=name, allowed=allowed
                )
        for place in _places(line["summary"]):
            if place not in words.PLACES:
                allowed = ", ".join(words.PLACES)
                yield _problem(line, "vouchers_unknown_word", column="summary", value=place, allowed=allowed)


def _places(template: str) -> list[str]:
    return [part.split("}")[0] for part in template.split("{")[1:]]


def _policy_words(policies: Iterable[Row]) -> Iterator[Problem]:
    for row in policies:
        yield from _unknown(row, "policy", tuple(words.POLICIES))
        yield from _unknown(row, "value", words.POLICIES.get(row["policy"], ()))
        if not row["value"]:
            yield _problem(row, "vouchers_empty_cell", column="value")


def _determination_words(given: RuleSet) -> Iterator[Problem]:
    used = {line["account_role"] for line in given.lines}
    for row in given.determination:
        if not row["account_code"]:
            yield _problem(row, "vouchers_empty_cell", column="account_code")
        if row["account_role"] not in used:
            yield _problem(row, "vouchers_role_unused", role=row["account_role"])
        yield from _unknown(row, "event", tuple(words.EVENTS))
        for column in words.KEYS:
            if column in words.VALUES:
                yield from _unknown(row, column, words.VALUES[column])


def _duplicates(given: RuleSet) -> Iterator[Problem]:
    """Yield rows that say the same thing twice in one layer."""
    keys = (
        (given.rules, ("rule_code", "version")),
        (given.lines, ("rule_code", "version", "line_no")),
        (given.policies, ("policy", "chart_code", "company_code", "valid_from")),
    )
    for rows, columns in keys:
        seen: dict[tuple[str, ...], Row] = {}
        for row in rows:
            key = tuple(row[column] for column in columns)
            if key in seen:
                yield _problem(
                    row, "vouchers_duplicate", key=" ".join(filter(None, key)), other=seen[key].place
                )
            seen.setdefault(key, row)


def _references(given: RuleSet, lines: Mapping[tuple[str, str], list[Row]]) -> Iterator[Problem]:
    known = {(rule["rule_code"], rule["version"]) for rule in given.rules}
    determined = {row["account_role"] for row in given.determination}
    for line in given.lines:
        if (line["rule_code"], line["version"]) not in known:
            yield _problem(
                line, "vouchers_line_without_rule", rule=line["rule_code"], version=line["version"]
            )
    for rule in given.rules:
        own = lines.get((rule["rule_code"], rule["version"]), [])
        if not own and rule["merge"] != "no_voucher":
            yield _problem(rule, "vouchers_rule_without_lines", rule=rule["rule_code"])
        if own and rule["merge"] == "no_voucher":
            yield _problem(rule, "vouchers_lines_of_no_voucher", rule=rule["rule_code"])
        # A user's rule is meant to be used; shipped ones may wait for a company that needs them.
        for line in own:
            if line.is_own and line["account_role"] and line["account_role"] not in determined:
                yield _problem(line, "vouchers_role_without_account", role=line["account_role"])


def _overlaps(rules: Sequence[Row]) -> Iterator[Problem]:
    by_event: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for rule in rules:
        by_event[rule["event"], rule["priority"]].append(rule)
    for alike in by_event.values():
        for first, second in combinations(alike, 2):
            if first["rule_code"] != second["rule_code"] and _meet(first, second):
                yield _problem(
                    second,
                    "vouchers_overlap",
                    rule=second["rule_code"],
                    other=first["rule_code"],
                    place=first.place,
                )


def _meet(first: Row, second: Row) -> bool:
    """Tell whether one event can fit two rules."""
    if first.valid_to < second.valid_from or second.valid_to < first.valid_from:
        return False
    if first["ledger_code"] and second["ledger_code"] and first["ledger_code"] != second["ledger_code"]:
        return False
    return all(
        not first[column]
        or not second[column]
        or set(_choices(first[column])) & set(_choices(second[column]))
        for column in words.CONDITIONS
    )


def _gaps(rules: Sequence[Row]) -> Iterator[Problem]:
    """Yield events and values that no rule for every company fits, and days between versions of a rule."""
    place = next((rule.file for rule in rules if not rule.is_own), None) or next(
        (r.file for r in rules), None
    )
    if place is None:
        return
    for event in words.EVENTS:
        fitting = [rule for rule in rules if rule["event"] == event and _is_general(rule)]
        if not fitting:
            if event not in ("offset", "transfer"):
                yield Problem(str(place), "vouchers_event_without_rule", (("event", event),))
            continue
        columns = [
            name
            for name in words.CONDITIONS
            if words.values_of(event, name) and any(r[name] for r in fitting)
        ]
        for values in product(*(words.values_of(event, name) for name in columns)):
            named = dict(zip(columns, values, strict=True))
            if words.never_happens(event, named) or _left_out(event, named):
                continue
            if not any(_fits(rule, named) for rule in fitting):
                told = ", ".join(f"{name} = {value}" for name, value in named.items())
                yield Problem(f"{fitting[0].file}", "vouchers_gap", (("event", event), ("values", told)))
    yield from _version_gaps(rules)


def _is_general(rule: Row) -> bool:
    return not any(rule[name] for name in words.FREE_CONDITIONS)


def _left_out(event: str, values: Mapping[str, str]) -> bool:
    """Tell whether the shipped rules leave a case to the user on purpose."""
    return values.get("policy") == "stock_change" or values.get("document_kind") == "consignment_consumption"


def _fits(rule: Row, values: Mapping[str, str]) -> bool:
    return all(not rule[name] or value in _choices(rule[name]) for name, value in values.items())


def _version_gaps(rules: Sequence[Row]) -> Iterator[Problem]:
    versions: dict[str, list[Row]] = defaultdict(list)
    for rule in rules:
        versions[rule["rule_code"]].append(rule)
    for own in versions.values():
        ordered = sorted(own, key=lambda rule: rule.valid_from)
        for earlier, later in pairwise(ordered):
            if (later.valid_from - earlier.valid_to).days > 1:
                yield _problem(
                    later, "vouchers_days_without_version", rule=later["rule_code"],
                    first=earlier["valid_to"], last=later["valid_from"],
                )  # fmt: skip


def _balances(rules: Iterable[Row], lines: Mapping[tuple[str, str], list[Row]]) -> Iterator[Problem]:
    for rule in rules:
        own = lines.get((rule["rule_code"], rule["version"]), [])
        for sign in words.ONLY_WHEN:
            rest = _rest(rule["event"], [line for line in own if line["only_when"] in ("", sign)])
            if own and rest:
                told = " ".join(f"{factor:+d} {word}" for word, factor in sorted(rest.items()))
                yield _problem(rule, "vouchers_unbalanced", rule=rule["rule_code"], rest=told)
                break


def _rest(event: str, lines: Sequence[Row]) -> Mapping[str, int]:
    """Return debit less credit of a rule's lines, in amounts that are independent of each other."""
    rest: dict[str, int] = defaultdict(int)
    for line in lines:
        word = line["amount"].lstrip("-")
        sign = (-1 if line["amount"].startswith("-") else 1) * (1 if line["side"] == "debit" else -1)
        identities = {**words.IDENTITIES, **words.OWN_IDENTITIES.get(event, {})}
        for part, factor in identities.get(word, {word: 1}).items():
            if part not in words.ALWAYS_ZERO.get(event, ()):
                rest[part] += sign * factor
    return {word: factor for word, factor in rest.items() if factor}


def _unsettled_accounts(rows: Sequence[Row]) -> Iterator[Problem]:
    """Yield rows of account determination that fit alike with as many keys, so that none is most specific."""
    by_role: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in rows:
        by_role[row["account_role"], sum(1 for name in words.KEYS if row[name])].append(row)
    for alike in by_role.values():
        for first, second in combinations(alike, 2):
            apart = first.valid_to < second.valid_from or second.valid_to < first.valid_from
            meets = all(
                not first[name]
                or not second[name]
                or set(_choices(first[name])) & set(_choices(second[name]))
                for name in words.KEYS
            )
            # Whether a company uses a chart only data knows.
            crossing = bool(first["company_code"]) != bool(second["company_code"])
            if meets and not apart and not crossing:
                yield _problem(
                    second, "vouchers_accounts_alike", role=second["account_role"], place=first.place
                )

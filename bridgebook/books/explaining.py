"""Why a draft is as it is, for those who decide about it: the explanations of its expected voucher."""

from typing import TYPE_CHECKING

from bridgebook.books.voucher import Draft

if TYPE_CHECKING:
    from bridgebook.settings import Settings
    from bridgebook.vouchers.explain import Explanation


def explained(settings: "Settings", draft: Draft) -> "tuple[Explanation, ...]":
    """Explain the lines of a draft's expected voucher.

    Raises ExplanationUnavailable where the warehouse is gone or does not know the voucher any more.
    """
    from bridgebook.project import shipped
    from bridgebook.vouchers.explain import explain
    from bridgebook.vouchers.rule_files import read_rule_set

    given = read_rule_set(settings.home.rules, shipped().seeds)
    return explain(settings.home, given, draft.root_id)

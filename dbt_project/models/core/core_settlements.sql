select
    source_id,
    settlement_id,
    from_entity,
    from_line_id,
    to_entity,
    to_line_id,
    coalesce(level, 'line') as level,
    settlement_kind,
    settled_on,
    amount,
    coalesce(from_base_amount, amount) as from_base_amount,
    coalesce(to_base_amount, from_base_amount, amount) as to_base_amount,
    discount_amount,
    exchange_difference_amount,
    changed_seq
from {{ united('settlements') }} as settlement

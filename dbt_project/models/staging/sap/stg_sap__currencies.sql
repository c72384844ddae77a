{% call conform('currencies') %}
with
shift as (select * from {{ ref('sap_currency_shifts') }}),

used as (
    select source_id, WAERS, _bb_seq from {{ landed('sap', 'TCURC') }}
    union all
    select source_id, WAERS, changed_seq from {{ ref('sap_companies') }}
    union all
    select source_id, WAERS, _bb_seq from {{ landed('sap', 'EKKO') }}
    union all
    select source_id, WAERK, _bb_seq from {{ landed('sap', 'VBRK') }}
    union all
    select source_id, WAERS, _bb_seq from {{ landed('sap', 'BKPF') }}
)

select
    used.source_id,
    used.WAERS as currency_code,
    coalesce(max(shift.minor_units), 2) as minor_units,
    true as is_active,
    max(greatest(used._bb_seq, shift.changed_seq)) as changed_seq
from used
left join shift on used.source_id = shift.source_id and used.WAERS = shift.currency_code
group by used.source_id, used.WAERS
{% endcall %}

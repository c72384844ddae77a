{% call conform('stock_balances') %}
with
area as (select * from {{ landed('sap', 'T001K') }}),

company as (select * from {{ ref('sap_companies') }}),

-- MBEW holds the current period of every material, MBEWH the closed ones; a period without movement has no row.
balance as (
    select source_id, MANDT, MATNR, BWKEY, BWTAR, LFGJA, LFMON, LBKUM, SALK3, _bb_seq
    from {{ landed('sap', 'MBEW') }}
    union all
    select past.source_id, past.MANDT, past.MATNR, past.BWKEY, past.BWTAR, past.LFGJA, past.LFMON, past.LBKUM, past.SALK3, past._bb_seq
    from {{ landed('sap', 'MBEWH') }} as past
    left join {{ landed('sap', 'MBEW') }} as present
        on past.source_id = present.source_id
        and past.MANDT = present.MANDT
        and past.MATNR = present.MATNR
        and past.BWKEY = present.BWKEY
        and past.BWTAR = present.BWTAR
        and past.LFGJA = present.LFGJA
        and past.LFMON = present.LFMON
    where present.MATNR is null
)

select
    balance.source_id,
    area.BUKRS as company_code,
    balance.BWKEY as warehouse_code,
    regexp_replace(balance.MATNR, '^0+', '') as item_code,
    balance.LFGJA as fiscal_year,
    balance.LFMON as period_no,
    balance.LBKUM as quantity,
    {{ product('balance.SALK3', 'company.factor') }} as amount,
    greatest(balance._bb_seq, area._bb_seq, company.changed_seq) as changed_seq
from balance
inner join area on balance.source_id = area.source_id and balance.MANDT = area.MANDT and balance.BWKEY = area.BWKEY
inner join company on area.source_id = company.source_id and area.MANDT = company.MANDT and area.BUKRS = company.BUKRS
where trim(balance.BWTAR) = ''
{% endcall %}

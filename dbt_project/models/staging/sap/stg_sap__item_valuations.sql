{% call conform('item_valuations') %}
with
valuation as (select * from {{ landed('sap', 'MBEW') }}),

area as (select * from {{ landed('sap', 'T001K') }}),

company as (select * from {{ ref('sap_companies') }})

-- A company may value an item in several plants; the one with the largest stock speaks for it.
select
    valuation.source_id,
    area.BUKRS as company_code,
    regexp_replace(valuation.MATNR, '^0+', '') as item_code,
    date '1900-01-01' as valid_from,
    max_by(case valuation.VPRSV when 'S' then 'standard' when 'V' then 'moving_average' end, valuation.LBKUM) as cost_method,
    max_by({{ ratio(product('valuation.STPRS', 'company.factor'), 'valuation.PEINH') }}, valuation.LBKUM) as standard_cost,
    max(greatest(valuation._bb_seq, area._bb_seq, company.changed_seq)) as changed_seq
from valuation
inner join area
    on valuation.source_id = area.source_id and valuation.MANDT = area.MANDT and valuation.BWKEY = area.BWKEY
inner join company on area.source_id = company.source_id and area.MANDT = company.MANDT and area.BUKRS = company.BUKRS
where trim(valuation.BWTAR) = ''
group by valuation.source_id, area.BUKRS, regexp_replace(valuation.MATNR, '^0+', '')
{% endcall %}

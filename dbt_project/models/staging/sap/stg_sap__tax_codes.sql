{% call conform('tax_codes') %}
with
tax as (select * from {{ landed('sap', 'T007A') }}),

client as (select * from {{ ref('sap_clients') }}),

rate as (select * from {{ ref('sap_tax_rates') }}),

label as (
    select
        *,
        row_number() over (
            partition by source_id, MANDT, KALSM, MWSKZ
            order by case when SPRAS in ('1', 'ZH') then 1 when SPRAS in ('E', 'EN') then 2 else 3 end, SPRAS
        ) as choice
    from {{ landed('sap', 'T007S') }}
),

-- Every country has its own procedure; a code in several is taken from China's.
chosen as (
    select
        *,
        row_number() over (
            partition by source_id, MANDT, MWSKZ order by case KALSM when 'TAXCN' then 1 else 2 end, KALSM
        ) as choice
    from tax
)

select
    chosen.source_id,
    chosen.MWSKZ as tax_code,
    label.TEXT1 as tax_name,
    coalesce(rate.tax_rate, 0) as tax_rate,
    chosen.MWART = 'V' as is_deductible,
    date '1900-01-01' as valid_from,
    true as is_active,
    greatest(chosen._bb_seq, rate.changed_seq, label._bb_seq) as changed_seq
from chosen
inner join client on chosen.source_id = client.source_id and chosen.MANDT = client.MANDT
left join rate
    on chosen.source_id = rate.source_id and chosen.MANDT = rate.MANDT and chosen.MWSKZ = rate.MWSKZ
left join label
    on chosen.source_id = label.source_id
    and chosen.MANDT = label.MANDT
    and chosen.KALSM = label.KALSM
    and chosen.MWSKZ = label.MWSKZ
    and label.choice = 1
where chosen.choice = 1
{% endcall %}

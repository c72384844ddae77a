-- The rate of a tax code, by its condition record in the tax procedure.
with
condition_key as (select * from {{ landed('sap', 'A003') }}),

condition_value as (select * from {{ landed('sap', 'KONP') }})

select
    condition_key.source_id,
    condition_key.MANDT,
    condition_key.MWSKZ,
    -- Percentages are stored tenfold: 130 is 13 %.
    max({{ ratio('condition_value.KBETR', '1000') }}) as tax_rate,
    max(greatest(condition_key._bb_seq, condition_value._bb_seq)) as changed_seq
from condition_key
inner join condition_value
    on condition_key.source_id = condition_value.source_id
    and condition_key.MANDT = condition_value.MANDT
    and condition_key.KNUMH = condition_value.KNUMH
where condition_key.KAPPL = 'TX' and coalesce(trim(condition_value.LOEVM_KO), '') = ''
group by condition_key.source_id, condition_key.MANDT, condition_key.MWSKZ

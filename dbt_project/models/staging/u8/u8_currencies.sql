-- U8 names currencies in words; documents and vouchers carry the word, the codes stand in one table.
with
foreign_currency as (select * from {{ landed('u8', 'foreigncurrency') }}),

company as (select * from {{ ref('u8_company') }})

select
    foreign_currency.source_id,
    foreign_currency.cexch_name as currency_name,
    case
        when foreign_currency.cexch_name = company.currency_name then company.currency_code
        when upper(trim(foreign_currency.cexch_code)) = 'RMB' then 'CNY'
        else coalesce(nullif(upper(trim(foreign_currency.cexch_code)), ''), foreign_currency.cexch_name)
    end as currency_code,
    foreign_currency.cexch_name = company.currency_name as is_base,
    foreign_currency.idec as minor_units,
    -- Rates of most currencies multiply; some are quoted the other way round and divide.
    coalesce(foreign_currency.bcal, true) as is_multiplied,
    foreign_currency._bb_seq as changed_seq
from foreign_currency
inner join company on foreign_currency.source_id = company.source_id
union all
select
    company.source_id,
    company.currency_name,
    company.currency_code,
    true,
    2,
    true,
    company.changed_seq
from company
left join foreign_currency
    on company.source_id = foreign_currency.source_id and company.currency_name = foreign_currency.cexch_name
where foreign_currency.cexch_name is null

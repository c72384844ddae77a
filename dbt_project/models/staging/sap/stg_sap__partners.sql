{% call conform('partners') %}
with
client as (select * from {{ ref('sap_clients') }}),

term as (
    select
        source_id,
        MANDT,
        ZTERM,
        max(case when ZTAG3 > 0 then ZTAG3 when ZTAG2 > 0 then ZTAG2 else ZTAG1 end) as net_days,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'T052') }}
    group by source_id, MANDT, ZTERM
),

-- A supplier may have other terms in every company; the general ones are those that all share.
supplier_term as (
    select
        source_id,
        MANDT,
        LIFNR,
        case when count(distinct ZTERM) = 1 then min(ZTERM) end as ZTERM,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'LFB1') }}
    group by source_id, MANDT, LIFNR
),

customer_term as (
    select
        source_id,
        MANDT,
        KUNNR,
        case when count(distinct ZTERM) = 1 then min(ZTERM) end as ZTERM,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'KNB1') }}
    group by source_id, MANDT, KUNNR
),

credit as (
    select
        source_id,
        MANDT,
        KUNNR,
        sum(KLIMK) as credit_limit,
        max(_bb_seq) as _bb_seq
    from {{ landed('sap', 'KNKK') }}
    group by source_id, MANDT, KUNNR
)

select
    supplier.source_id,
    'supplier' as partner_kind,
    regexp_replace(supplier.LIFNR, '^0+', '') as partner_code,
    supplier.NAME1 as partner_name,
    coalesce(nullif(trim(supplier.STCD5), ''), supplier.STCD1) as tax_id,
    coalesce(trim(supplier.VBUND), '') <> '' as is_internal,
    regexp_replace(supplier.VBUND, '^0+', '') as internal_company_code,
    supplier.KTOKK as partner_group_code,
    supplier.LAND1 as country_code,
    cast(null as decimal(18, 4)) as credit_limit,
    supplier_term.ZTERM as payment_terms_code,
    cast(term.net_days as integer) as payment_terms_days,
    coalesce(supplier.LOEVM, '') <> 'X' and coalesce(supplier.SPERR, '') <> 'X' as is_active,
    concat_ws('-', substr(supplier.ERDAT, 1, 4), substr(supplier.ERDAT, 5, 2), substr(supplier.ERDAT, 7, 2)) as created_at,
    greatest(supplier._bb_seq, supplier_term._bb_seq, term._bb_seq) as changed_seq
from {{ landed('sap', 'LFA1') }} as supplier
inner join client on supplier.source_id = client.source_id and supplier.MANDT = client.MANDT
left join supplier_term
    on supplier.source_id = supplier_term.source_id
    and supplier.MANDT = supplier_term.MANDT
    and supplier.LIFNR = supplier_term.LIFNR
left join term
    on supplier_term.source_id = term.source_id and supplier_term.MANDT = term.MANDT and supplier_term.ZTERM = term.ZTERM
union all
select
    customer.source_id,
    'customer',
    regexp_replace(customer.KUNNR, '^0+', ''),
    customer.NAME1,
    coalesce(nullif(trim(customer.STCD5), ''), customer.STCD1),
    coalesce(trim(customer.VBUND), '') <> '',
    regexp_replace(customer.VBUND, '^0+', ''),
    customer.KTOKD,
    customer.LAND1,
    cast(credit.credit_limit as decimal(18, 4)),
    customer_term.ZTERM,
    cast(term.net_days as integer),
    coalesce(customer.LOEVM, '') <> 'X' and coalesce(customer.SPERR, '') <> 'X',
    concat_ws('-', substr(customer.ERDAT, 1, 4), substr(customer.ERDAT, 5, 2), substr(customer.ERDAT, 7, 2)),
    greatest(customer._bb_seq, customer_term._bb_seq, term._bb_seq, credit._bb_seq)
from {{ landed('sap', 'KNA1') }} as customer
inner join client on customer.source_id = client.source_id and customer.MANDT = client.MANDT
left join customer_term
    on customer.source_id = customer_term.source_id
    and customer.MANDT = customer_term.MANDT
    and customer.KUNNR = customer_term.KUNNR
left join term
    on customer_term.source_id = term.source_id and customer_term.MANDT = term.MANDT and customer_term.ZTERM = term.ZTERM
left join credit
    on customer.source_id = credit.source_id and customer.MANDT = credit.MANDT and customer.KUNNR = credit.KUNNR
{% endcall %}

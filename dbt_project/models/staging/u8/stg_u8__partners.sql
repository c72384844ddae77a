{% call conform('partners') %}
with
term as (select * from {{ landed('u8', 'PayCondition') }})

select
    vendor.source_id,
    'supplier' as partner_kind,
    vendor.cVenCode as partner_code,
    coalesce(nullif(trim(vendor.cVenName), ''), vendor.cVenAbbName) as partner_name,
    vendor.cVenRegCode as tax_id,
    coalesce(vendor.bVenInternal, false) as is_internal,
    vendor.cVCCode as partner_group_code,
    cast(null as decimal(18, 4)) as credit_limit,
    vendor.cVenPayCond as payment_terms_code,
    term.iPayCreDays as payment_terms_days,
    vendor.dEndDate is null as is_active,
    vendor.dVenCreateDatetime as created_at,
    vendor.dModifyDate as updated_at,
    greatest(vendor._bb_seq, term._bb_seq) as changed_seq
from {{ landed('u8', 'Vendor') }} as vendor
left join term on vendor.source_id = term.source_id and vendor.cVenPayCond = term.cPayCode
union all
select
    customer.source_id,
    'customer',
    customer.cCusCode,
    coalesce(nullif(trim(customer.cCusName), ''), customer.cCusAbbName),
    customer.cCusRegCode,
    coalesce(customer.bCusInternal, false),
    customer.cCCCode,
    cast(customer.iCusCreLine as decimal(18, 4)),
    customer.cCusPayCond,
    term.iPayCreDays,
    customer.dEndDate is null,
    customer.dCusCreateDatetime,
    customer.dModifyDate,
    greatest(customer._bb_seq, term._bb_seq)
from {{ landed('u8', 'Customer') }} as customer
left join term on customer.source_id = term.source_id and customer.cCusPayCond = term.cPayCode
union all
select
    source_id,
    'employee',
    cPersonCode,
    cPersonName,
    cast(null as varchar),
    false,
    cDepCode,
    cast(null as decimal(18, 4)),
    cast(null as varchar),
    cast(null as bigint),
    dPInValidDate is null,
    cast(null as timestamp),
    cast(null as timestamp),
    _bb_seq
from {{ landed('u8', 'Person') }}
{% endcall %}

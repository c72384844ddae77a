-- A bridge with the bases of its two ends. A bridge to the ledger first walks to the business caliber at which the ledger
-- recognises (`via`).
with
bridge as (select * from {{ ref('stg_house__bridges') }}),

caliber as (
    select *
    from (
        select
            *,
            row_number() over (partition by caliber_code order by version desc) as rank_of_version
        from {{ ref('stg_house__calibers') }}
    ) as versions
    where rank_of_version = 1
)

select
    bridge.bridge_code,
    bridge.flow,
    bridge.from_caliber,
    bridge.via_caliber,
    bridge.to_caliber,
    coalesce(bridge.via_caliber, bridge.to_caliber) as business_caliber,
    bridge.via_caliber is not null as is_to_ledger,
    ' ' || coalesce(bridge.account_roles, '') || ' ' as account_roles,
    case
        when bridge.account_roles like '% %' then substring(bridge.account_roles, 1, position(' ' in bridge.account_roles) - 1)
        else bridge.account_roles
    end as main_role,
    bridge.sign,
    ' ' || coalesce(bridge.recognised_by, '') || ' ' as recognised_by,
    coalesce(ending.population = 'all_vouchers', false) as with_unposted,
    source.population as from_population,
    {{ role_of_word('source.event') }} as from_event,
    {{ role_of_word('source.amount_basis') }} as from_price,
    source.tax_basis as from_tax,
    {{ role_of_word('source.rate_basis') }} as from_rate,
    target.population as to_population,
    {{ role_of_word('target.event') }} as to_event,
    {{ role_of_word('target.amount_basis') }} as to_price,
    target.tax_basis as to_tax,
    {{ role_of_word('target.rate_basis') }} as to_rate,
    source.currency_basis,
    bridge.name_zh,
    bridge.name_en
from bridge
inner join caliber as source on bridge.from_caliber = source.caliber_code
inner join caliber as target on coalesce(bridge.via_caliber, bridge.to_caliber) = target.caliber_code
left join caliber as ending on bridge.to_caliber = ending.caliber_code

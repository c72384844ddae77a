{{ config(materialized='ephemeral') }}
-- What hangs on a code. The same business stands in a system's documents and in its ledger: the larger of both is at stake,
-- not their sum. Codes of the master source need no mapping and are not asked after.
with
document as (
    select
        source_id,
        partner_kind,
        source_partner_code,
        source_item_code,
        source_company_code,
        currency_code,
        uom_code,
        tax_code,
        abs({{ money('coalesce(base_net_amount, 0)') }}) as amount
    from {{ ref('core_document_lines') }}
    where is_counted
),

journal as (
    select
        source_id,
        partner_kind,
        source_partner_code,
        source_item_code,
        source_company_code,
        chart_code || '/' || account_code as account,
        currency_code,
        uom_code,
        tax_code,
        abs({{ money('amount') }}) as amount
    from {{ ref('core_journal_lines') }}
    where status <> 'void'
),

{% set codes = {
    'partners': ('source_partner_code', 'partner_kind'),
    'items': ('source_item_code', "cast(null as varchar)"),
    'companies': ('source_company_code', "cast(null as varchar)"),
    'accounts': ('account', "cast(null as varchar)"),
    'currencies': ('currency_code', "cast(null as varchar)"),
    'units': ('uom_code', "cast(null as varchar)"),
    'tax_codes': ('tax_code', "cast(null as varchar)"),
} -%}
use as (
    {%- for entity, (column, kind) in codes.items() %}
    {%- for facts in ['document', 'journal'] if not (facts == 'document' and entity == 'accounts') %}
    select
        '{{ entity }}' as entity,
        '{{ facts }}' as facts,
        {{ facts }}.source_id,
        {{ kind }} as partner_kind,
        {{ column }} as source_code,
        sum({{ facts }}.amount) as amount,
        count(*) as line_count
    from {{ facts }}
    inner join {{ ref('core_sources') }} as source on {{ facts }}.source_id = source.source_id and not source.is_master
    where {{ column }} is not null
    group by {{ facts }}.source_id, {{ kind ~ ', ' if entity == 'partners' }}{{ column }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    entity,
    source_id,
    cast(partner_kind as varchar) as partner_kind,
    source_code,
    {{ money('max(amount)') }} as amount,
    cast(sum(line_count) as bigint) as line_count
from use
group by entity, source_id, partner_kind, source_code

{#- One shape for business events and ledger lines; each row stands under one caliber and is summable only within it.
    They are views: every row stands written once already, in the mart that it comes from, whose unique keys are theirs. -#}
{% macro unified_business_rows() -%}
    {%- for flow, mart, prefix in [('procurement', 'procurement_events', 'purchases'), ('sales', 'sales_events', 'sales')] %}
    select
        source_id,
        company_code,
        company_name,
        company_currency_code,
        '{{ flow }}' as line_kind,
        '{{ prefix }}_' || event as caliber_code,
        event,
        event_date,
        fiscal_year,
        period_no,
        partner_kind,
        partner_code,
        partner_name,
        item_code,
        item_name,
        org_unit_code,
        org_unit_name,
        cast(null as varchar) as account_code,
        cast(null as varchar) as account_name,
        cast(null as varchar) as account_role,
        quantity,
        case when event in ('paid', 'collected') then gross_amount else net_amount end as amount,
        document_currency_code,
        case when event in ('paid', 'collected') then document_gross_amount else document_net_amount end as document_amount,
        document_no,
        line_no,
        cast(null as varchar) as voucher_word,
        cast(null as varchar) as voucher_no,
        cast(null as varchar) as summary,
        '{{ flow }},' || event_id as atom_id,
        changed_seq
    from {{ ref(mart) }}
    where is_counted
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{% macro unified_ledger_rows() -%}
    select
        source_id,
        company_code,
        company_name,
        company_currency_code,
        'ledger' as line_kind,
        'ledger_posted' as caliber_code,
        'posted' as event,
        posting_date as event_date,
        fiscal_year,
        period_no,
        partner_kind,
        partner_code,
        partner_name,
        item_code,
        item_name,
        org_unit_code,
        org_unit_name,
        account_code,
        account_name,
        account_role,
        quantity,
        amount,
        document_currency_code,
        currency_amount as document_amount,
        origin_document_no as document_no,
        line_no,
        voucher_word,
        voucher_no,
        summary,
        'ledger,' || line_id as atom_id,
        changed_seq
    from {{ ref('ledger_lines') }}
    where is_primary_ledger
{%- endmacro %}

{#- What the end of a period asks for, as business events. -#}

{#- Roles of accounts that are settled in money, apart from those that a chart marks as revalued. -#}
{% macro monetary_roles() -%}
    'cash', 'accounts_receivable', 'accounts_payable', 'notes_receivable', 'notes_payable', 'other_receivables', 'other_payables'
{%- endmacro %}

{#- Roles that make up the VAT account of a period; a credit balance of them all is due. -#}
{% macro vat_roles() -%}
    'input_vat', 'input_vat_transferred_out', 'output_vat', 'vat_due_transfer'
{%- endmacro %}

{% macro period_end_events() -%}
    {%- set line_key -%}
        {%- for name in ['account_code', 'partner_kind', 'partner_code', 'item_code', 'org_unit_code', 'employee_code', 'project_code'] -%}
            , coalesce(balance.{{ name }}, '')
        {%- endfor -%}
    {%- endset -%}
    select
        {{ event_row({
            'source_id': 'balance.source_id', 'event': 'balance.event', 'document_entity': "'periods'",
            'document_id': "concat_ws('-', balance.company_code, balance.fiscal_year, balance.period_no)",
            'document_no': "concat_ws('-', balance.company_code, balance.fiscal_year, balance.period_no)",
            'line_id': "concat_ws(',', 'account'" ~ line_key ~ ")",
            'correction_no': '0', 'company_code': 'balance.company_code', 'company_currency_code': 'balance.company_currency_code',
            'ledger_code': 'balance.ledger_code', 'chart_code': 'balance.chart_code', 'document_date': 'balance.end_date',
            'voucher_date': 'balance.end_date', 'fiscal_year': 'balance.fiscal_year',
            'period_no': 'balance.period_no',
            'partner_kind': 'balance.partner_kind', 'partner_code': 'balance.partner_code',
            'source_partner_code': 'balance.source_partner_code', 'item_code': 'balance.item_code',
            'source_item_code': 'balance.source_item_code', 'org_unit_code': 'balance.org_unit_code',
            'employee_code': 'balance.employee_code', 'project_code': 'balance.project_code',
            'document_currency_code': 'balance.company_currency_code', 'document_account_code': 'balance.account_code',
            'is_return': "'false'", 'is_free': "'false'", 'is_prior_year': "'false'",
            'balance_amount': 'balance.amount', 'lacks_rate': 'balance.lacks_rate', 'changed_seq': 'balance.changed_seq',
        }) }}
    from {{ ref('core_period_end_balances') }} as balance
    inner join policy
        on balance.company_code = policy.company_code
        and policy.period_end_policy = 'monthly'
        and balance.end_date >= policy.valid_from
        and balance.end_date < policy.valid_until
{%- endmacro %}

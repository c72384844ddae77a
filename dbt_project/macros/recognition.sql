{#- One row of the way from the last business caliber to what the rules expect. `row` names the relation with source,
    company, partner, item and document; `year` and `period` say into which cell the amount goes. -#}
{% macro recognition_row(row, step_no, step_code, step_kind, amount, year, period, atom='cast(null as varchar)', role=none) -%}
        {{ row }}.bridge_code,
        {{ step_no }} as step_no,
        {{ step_code }} as step_code,
        {{ step_kind }} as step_kind,
        {{ row }}.source_id,
        {{ atom }} as atom_id,
        {{ row }}.company_code,
        {{ row }}.base_currency_code,
        cast({{ year }} as integer) as fiscal_year,
        cast({{ period }} as integer) as period_no,
        {{ role or row ~ '.main_role' }} as account_role,
        {{ row }}.partner_kind,
        {{ row }}.partner_code,
        {{ row }}.item_code,
        {{ row }}.org_unit_code,
        cast({{ amount }} as decimal(18, 4)) as amount,
        {{ row }}.document_entity,
        {{ row }}.document_no,
        {{ row }}.document_line_id,
        {{ row }}.changed_seq
{%- endmacro %}

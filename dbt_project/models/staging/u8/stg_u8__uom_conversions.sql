{% call conform('uom_conversions') %}
with
unit as (select * from {{ landed('u8', 'ComputationUnit') }})

-- The rate of a unit counts main units of its group.
select
    unit.source_id,
    unit.cComUnitName as from_uom_code,
    main_unit.cComUnitName as to_uom_code,
    unit.iChangRate as numerator,
    1 as denominator,
    greatest(unit._bb_seq, main_unit._bb_seq) as changed_seq
from unit
inner join unit as main_unit
    on unit.source_id = main_unit.source_id and unit.cGroupCode = main_unit.cGroupCode and main_unit.bMainUnit
where not coalesce(unit.bMainUnit, false) and unit.iChangRate > 0
{% endcall %}

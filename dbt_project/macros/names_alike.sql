{#- Names as they are compared: one width of letters, no punctuation, no form of company. Each is a step by itself, because
    engines know no function that does it all. -#}

{#- Full-width letters, figures and signs become half-width, small letters capital. -#}
{% macro one_width(name) -%}
    upper(translate({{ name }}, '＃＆（）＊＋，－．／０１２３４５６７８９：；ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［］＿ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ', '#&()*+,-./0123456789:;ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz'))
{%- endmacro %}

{#- What stands in the first brackets moves to the front: 瑞达(临溪) is 临溪瑞达. -#}
{% macro brackets_first(name) -%}
    case
        when instr({{ name }}, '(') > 1 and instr({{ name }}, ')') > instr({{ name }}, '(')
            then substr({{ name }}, instr({{ name }}, '(') + 1, instr({{ name }}, ')') - instr({{ name }}, '(') - 1)
            || substr({{ name }}, 1, instr({{ name }}, '(') - 1)
            || substr({{ name }}, instr({{ name }}, ')') + 1)
        else {{ name }}
    end
{%- endmacro %}

{#- Without blanks, signs and the form of company; a name that is nothing else stays as it is. -#}
{% macro bare_name(name) -%}
    {%- set signs = ' 　()<>【】《》「」“”‘’,.;:!?，。；：、！？·•-_/&+*#' -%}
    {%- set forms = '(股份有限责任公司|股份有限公司|有限责任公司|有限公司|总公司|集团公司|公司|INCORPORATED|CORPORATION|COMPANYLIMITED|COLIMITED|COLTD|LIMITED|LTD|LLC|INC|GMBH|KK|PLC)$' -%}
    coalesce(
        nullif(regexp_replace(translate({{ name }}, '{{ signs }}', ''), '{{ forms }}', ''), ''),
        nullif(translate({{ name }}, '{{ signs }}', ''), '')
    )
{%- endmacro %}

{#- A code without signs and leading zeros. -#}
{% macro bare_code(code) -%}
    nullif(regexp_replace(translate({{ one_width(code) }}, ' 　.-_/', ''), '^0+', ''), '')
{%- endmacro %}

{#- The pairs of neighbouring characters of `name` in `relation`, one row each, beside the columns `keys`. -#}
{% macro character_pairs(relation, keys, name) -%}
    select distinct
        {%- for key in keys %}
        named.{{ key }},
        {%- endfor %}
        substr(named.{{ name }}, place.n, 2) as pair
    from {{ relation }} as named
    inner join {{ counted_to(60) }} as place
        on place.n < length(named.{{ name }})
{%- endmacro %}

{#- The numbers 1 to `last` as a column n. -#}
{% macro counted_to(last) -%}
    (
        select ten.n + one.n as n
        from ({% for n in range(0, last, 10) %}select {{ n }} as n{{ ' union all ' if not loop.last }}{% endfor %}) as ten
        cross join ({% for n in range(1, 11) %}select {{ n }} as n{{ ' union all ' if not loop.last }}{% endfor %}) as one
    )
{%- endmacro %}

{#- What speaks for and against a match, as a sentence; NULL where nothing is proposed. -#}
{% macro match_evidence(language) -%}
    {%- set zh = language == 'zh' -%}
    case
        when match.master_code is not null then concat_ws(
            '{{ '；' if zh else '; ' }}',
            case when match.is_same_tax_id then '{{ '税号相同 ' if zh else 'same tax id ' }}' || match.master_tax_id end,
            case when match.is_other_tax_id then '{{ '税号不同：' if zh else 'other tax id: ' }}' || unmapped.tax_id || ' / ' || match.master_tax_id end,
            case
                when unmapped.source_name = match.master_name then '{{ '名称相同' if zh else 'same name' }}'
                when match.is_same_name then '{{ '名称相同（不计全半角、括号、标点与公司后缀）' if zh else 'same name but for width, brackets, signs and form of company' }}'
                when match.is_same_moved_name then '{{ '名称相同（括号内地名移前）' if zh else 'same name with the place in brackets moved' }}'
                when match.likeness >= 0.3 then '{{ '名称相似 ' if zh else 'name alike ' }}' || cast(cast(match.likeness * 100 as integer) as varchar) || '%'
                else '{{ '名称不同' if zh else 'other name' }}'
            end,
            case when match.is_same_specification then '{{ '规格相同 ' if zh else 'same specification ' }}' || match.master_specification end,
            case when match.is_other_specification then '{{ '规格不同：' if zh else 'other specification: ' }}' || unmapped.specification || ' / ' || match.master_specification end,
            case when match.is_same_code then '{{ '编码相同' if zh else 'same code' }}' end,
            case when match.is_ambiguous then '{{ '另有同样理由的候选，请人工判断' if zh else 'as much speaks for another master code: a person must decide' }}' end
        )
    end
{%- endmacro %}

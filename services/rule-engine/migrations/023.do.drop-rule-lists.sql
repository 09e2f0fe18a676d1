-- Which lists a rule asks stands in its draft.
DROP TABLE rule_lists;

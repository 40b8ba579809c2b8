package catalog

// StarKeys tells for every row whose spectrum it is: rows of one star have equal
// keys, whatever the case, blanks and underscores of its target_name. A row
// without a name is a star of its own, and so is every row of a table without
// the column.
func (t *Table) StarKeys() []string {
	keys := make([]string, t.Rows())
	for row, id := range t.IDs {
		keys[row] = "dp_id " + Key(id)
		if t.Stars != nil && t.Stars[row] != "" {
			keys[row] = "star " + starKey(t.Stars[row])
		}
	}
	return keys
}

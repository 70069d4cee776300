"""What language models say of a record: which fields they are asked, what counts of their answers, and the text."""

-- What is published says which groups there ever were from now on, so that erasures find what was counted there: it is published anew.
UPDATE publication_state SET revision = revision + 1;

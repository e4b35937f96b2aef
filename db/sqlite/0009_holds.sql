-- Taken by holds, which come from a branch of their own: the merge takes theirs.
SELECT 1;

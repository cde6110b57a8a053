/** How a column's common values are read; PATH_OTHER leaves all to its JsonFieldReader. */
export const PATH_TEXT = 0;
export const PATH_LONG = 1;
export const PATH_INT = 2;
export const PATH_OTHER = 3;

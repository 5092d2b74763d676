/* How bytes are cut into records. */
#ifndef HOLDFAST_RECORDS_H
#define HOLDFAST_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* End of the record that begins at `at`, or 0 if its line goes on behind `length` and must wait. */
size_t record_end(const uint8_t *bytes, size_t length, size_t at, size_t limit, bool flush);
/* Adds to `records` how many there are, and returns where the last one ends: as if cut by `record_end`, but faster. */
size_t count_records(const uint8_t *bytes, size_t length, size_t limit, uint64_t *records);

#endif

#include "exits.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "control.h"
#include "packet.h"

static struct exit_record *first, **end = &first;
static uint64_t last_seq;

struct exit_record *exit_new(const char *tag) {
  size_t size = strlen(tag) + 1;
  struct exit_record *record = calloc(1, sizeof *record + size);
  if (record != NULL) memcpy(record->tag, tag, size);
  return record;
}

static void send_exit(const struct exit_record *record) {
  struct packet *packet = packet_new(EXITED, 0, strlen(record->tag));
  put_u64(packet, record->seq);
  put_u32(packet, (uint32_t)record->pid);
  put_u64(packet, record->start_time);
  put_u32(packet, (uint32_t)record->status);
  put_u64(packet, record->time_ns);
  put_str(packet, record->tag);
  control_send(packet);
}

void exit_add(struct exit_record *record) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  record->time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
  record->seq = ++last_seq;
  *end = record;
  end = &record->next;
  if (control_session() != 0) send_exit(record);
}

void exit_ack(uint64_t seq) {
  struct exit_record **link = &first;
  while (*link != NULL && (*link)->seq != seq) link = &(*link)->next;
  struct exit_record *record = *link;
  if (record == NULL) return;
  *link = record->next;
  if (end == &record->next) end = link;
  free(record);
}

bool exits_waiting(void) {
  return first != NULL;
}

void exits_replay(void) {
  for (const struct exit_record *record = first; record != NULL; record = record->next) send_exit(record);
}

/* Moves records from a pipe to a file in rounds: look, cut, format, write, consume. A kill in a round doubles that round at most. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "lane.h"
#include "pipes.h"
#include "records.h"

enum {
  /* How long a pipe that has run dry is waited for: less than a turn of the loop costs the writer. */
  WAIT_MS = 1,
  /* Others on the loop wait for the end of a job, such as an upgrade of shimd. */
  LONGEST_MS = 50,
  /* What a job may take while others wait for the lane. */
  SHARE_BYTES = 1024 * 1024
};

enum outcome { MOVED, DRY, OVER, FAILED };

/* What a round found in the pipe. */
struct round {
  size_t length; /* bytes behind the workspace's headroom */
  size_t taken;  /* of these, those of whole records that fit */
  uint64_t records;
  uint64_t size; /* bytes that they take in the file */
  bool full;     /* the next one does not fit */
  struct timespec time;
};

static enum outcome look(struct job *job, struct round *round) {
  struct workspace *space = job->space;
  ssize_t copied = look_at_pipe(job->move->mover, space->pipe[1], ROUND_BYTES, &round->time);
  if (copied < 0 && errno == EAGAIN) return DRY;
  /* At its end, or with an error, the loop looks for itself. */
  if (copied <= 0) return OVER;
  round->length = (size_t)copied;
  if (read_all(space->pipe[0], space->bytes + HEADROOM_BYTES, round->length) == 0) return MOVED;
  close(space->pipe[0]);
  close(space->pipe[1]);
  space->pipe[0] = space->pipe[1] = -1;
  return OVER;
}

/* `TIME STREAM TAG `, as the Kubernetes CRI has it. */
static void make_prefix(struct prefix *prefix, const struct round *round, const struct move *move, char tag) {
  struct tm tm;
  char text[PREFIX_ROOM];
  gmtime_r(&round->time.tv_sec, &tm);
  int length = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%09ld%s %s %c ", tm.tm_year + 1900,
                        tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, round->time.tv_nsec,
                        move->offset ? "+00:00" : "Z", move->mover->stream, tag);
  prefix->length = (size_t)length;
  memcpy(prefix->bytes, text, prefix->length);
}

/* What a record that is cut at the end of what was seen goes on with is not known. */
static bool goes_on(const struct round *round, const uint8_t *bytes, size_t end) {
  return end == 0 || (end == round->length && bytes[end - 1] != '\n');
}

static int write_framed(struct job *job, struct round *round, uint64_t room) {
  const struct mover *mover = job->move->mover;
  const uint8_t *bytes = job->space->bytes + HEADROOM_BYTES;
  struct prefix full, partial;
  struct out out = {.job = job, .full = &full, .partial = &partial};
  make_prefix(&full, round, job->move, 'F');
  make_prefix(&partial, round, job->move, 'P');
  for (size_t at = 0; at < round->length; at = round->taken) {
    size_t end = record_end(bytes, round->length, at, mover->limit, false);
    if (goes_on(round, bytes, end)) break;
    uint64_t size = full.length + (end - at) + (bytes[end - 1] != '\n');
    round->full = size > room - round->size;
    if (round->full) break;
    out.room = HEADROOM_BYTES + end;
    if (append_record(&out, bytes + at, end - at) < 0) return -1;
    round->size += size;
    round->records++;
    round->taken = end;
  }
  return flush_out(&out);
}

static int write_plain(struct job *job, struct round *round, uint64_t room) {
  const uint8_t *bytes = job->space->bytes + HEADROOM_BYTES;
  size_t taken = count_records(bytes, round->length, job->move->mover->limit, &round->records);
  /* What does not fit as a whole is left to the loop, which begins another file. */
  round->full = taken > room;
  if (round->full) taken = round->records = 0;
  round->taken = round->size = taken;
  return write_all(job, bytes, taken);
}

static enum outcome commit(struct job *job, const struct round *round) {
  struct move *move = job->move;
  move->written += round->size;
  if (take_from_pipe(move->mover, round->taken) < 0 && errno == ECANCELED) return OVER;
  /* Less in the pipe than it showed: a container can read its own output. */
  move->bytes += round->taken;
  move->records += round->records;
  return MOVED;
}

static enum outcome run_round(struct job *job) {
  struct move *move = job->move;
  struct round round = {0};
  enum outcome seen = look(job, &round);
  if (seen != MOVED) return seen;
  uint64_t room = move->room - move->written;
  if ((move->framed ? write_framed(job, &round, room) : write_plain(job, &round, room)) < 0) return FAILED;
  if (round.taken == 0) return round.full ? OVER : DRY;
  return commit(job, &round);
}

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* False if nothing comes, or there is something better to do. */
static bool wait_for_more(struct job *job) {
  struct epoll_event event;
  return !is_wanted(job->lane) && epoll_wait(job->space->epoll, &event, 1, WAIT_MS) > 0;
}

static int run_rounds(struct job *job) {
  const struct move *move = job->move;
  int64_t end = milliseconds() + LONGEST_MS;
  for (;;) {
    enum outcome outcome = run_round(job);
    if (outcome == FAILED) return -1;
    if (outcome == OVER || move->bytes >= move->most || milliseconds() >= end) return 0;
    if (outcome == DRY && !wait_for_more(job)) return 0;
    if (move->bytes >= SHARE_BYTES && is_wanted(job->lane)) return 0;
  }
}

int move_records(struct job *job) {
  struct workspace *space = job->space;
  /* Edges only: the beginning of a line may stay in the pipe. */
  struct epoll_event interest = {.events = EPOLLIN | EPOLLET};
  if (make_pipes(space) < 0) return -1;
  if (epoll_ctl(space->epoll, EPOLL_CTL_ADD, job->move->mover->fd, &interest) < 0) return -1;
  int result = run_rounds(job);
  int error = errno;
  epoll_ctl(space->epoll, EPOLL_CTL_DEL, job->move->mover->fd, NULL);
  errno = error;
  return result;
}

#include "unanswered.h"

#include <stdlib.h>

static size_t memory_of(const struct frame *frame) {
  return sizeof *frame + frame->size;
}

static bool is_pending(const struct unanswered *list, uint32_t stream) {
  for (const struct frame *frame = list->first; frame != NULL; frame = frame->next)
    if (frame->stream == stream && frame->type == FRAME_REQUEST && !frame->answered) return true;
  return false;
}

void unanswered_put(struct unanswered *list, struct frame *frame) {
  frame->unkept = frame->type != FRAME_REQUEST && !is_pending(list, frame->stream);
  if (list->last != NULL) list->last->next = frame;
  else list->first = frame;
  list->last = frame;
  if (list->unsent == NULL) list->unsent = frame;
  list->bytes += memory_of(frame);
}

/* Frees the frame after `before`, which is NULL for the first. */
static void forget_after(struct unanswered *list, struct frame *before) {
  struct frame *frame = before == NULL ? list->first : before->next;
  if (before == NULL) list->first = frame->next;
  else before->next = frame->next;
  if (list->last == frame) list->last = before;
  if (list->unsent == frame) {
    list->unsent = frame->next;
    list->offset = 0;
  }
  list->bytes -= memory_of(frame);
  free(frame);
}

/* What is half sent must go to its end. */
static void forget_answered(struct unanswered *list) {
  struct frame *before = NULL, *frame = list->first;
  while (frame != NULL) {
    struct frame *next = frame->next;
    bool half_sent = frame == list->unsent && list->offset > 0;
    if (frame->answered && !half_sent) forget_after(list, before);
    else before = frame;
    frame = next;
  }
}

void unanswered_sent(struct unanswered *list, size_t count) {
  struct frame *frame = list->unsent;
  list->offset += count;
  if (list->offset < frame->size) return;
  list->unsent = frame->next;
  list->offset = 0;
  if (!frame->unkept && !frame->answered) return;
  struct frame *before = NULL;
  for (struct frame *each = list->first; each != frame; each = each->next) before = each;
  forget_after(list, before);
}

void unanswered_answer(struct unanswered *list, uint32_t stream) {
  for (struct frame *frame = list->first; frame != NULL; frame = frame->next)
    if (frame->stream == stream) frame->answered = true;
  forget_answered(list);
}

void unanswered_rewind(struct unanswered *list) {
  list->offset = 0;
  forget_answered(list);
  list->unsent = list->first;
}

void unanswered_forget_sent(struct unanswered *list) {
  while (list->first != list->unsent) forget_after(list, NULL);
}

void unanswered_clear(struct unanswered *list) {
  while (list->first != NULL) forget_after(list, NULL);
}

/* A client's frames, in order: those that shimd has not got, and those that it has got and not answered. */
#ifndef HOLDFAST_UNANSWERED_H
#define HOLDFAST_UNANSWERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frames.h"

struct unanswered {
  struct frame *first, *last;
  struct frame *unsent; /* the next to go to shimd, or going */
  size_t offset;        /* bytes of it that have gone */
  size_t bytes;         /* memory of all */
};

/* Takes `frame`, to be sent and, if it belongs to a stream without an answer, kept. */
void unanswered_put(struct unanswered *list, struct frame *frame);
/* `count` more bytes of the first unsent frame have gone. */
void unanswered_sent(struct unanswered *list, size_t count);
/* Forgets the frames of a stream that has been answered. */
void unanswered_answer(struct unanswered *list, uint32_t stream);
/* All that is left is to be sent again. */
void unanswered_rewind(struct unanswered *list);
/* Nobody waits for answers: only what is unsent stays. */
void unanswered_forget_sent(struct unanswered *list);
void unanswered_clear(struct unanswered *list);

#endif

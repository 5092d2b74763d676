/* What shimd may ask for. */
#ifndef HOLDFAST_REQUESTS_H
#define HOLDFAST_REQUESTS_H

#include "control.h"

/* Answers with a reply or ERROR. */
void handle_request(struct request *request);

#endif

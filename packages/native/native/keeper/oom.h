#ifndef HOLDFAST_OOM_H
#define HOLDFAST_OOM_H

/* Sets the caller's oom_score_adj. Lowering it takes CAP_SYS_RESOURCE, so failure is no error. */
void set_oom_score(int score);

#endif

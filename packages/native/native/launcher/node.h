#ifndef HOLDFAST_NODE_H
#define HOLDFAST_NODE_H

/* Runs the program with Node, in place of this one, with the arguments of `argv`. Returns if it can't be, having said why. */
void node_run(const char *program, char **argv);

#endif

// A shimd that only tells about itself: serves the API socket (fd 4) and answers everything with what it is.
'use strict';
const { createServer } = require('node:http');

const about = {
  pid: process.pid,
  keeper: Number(process.env.HOLDFAST_KEEPER),
  environment: process.env,
  cwd: process.cwd(),
  arguments: process.argv.slice(2),
};
createServer((_request, response) => response.end(JSON.stringify(about))).listen({ fd: 4 });

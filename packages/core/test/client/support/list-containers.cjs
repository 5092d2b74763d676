// A shimd that lists the containers given as arguments (`NS/ID`) as running.
'use strict';
const { createServer } = require('node:http');

const [group, ...containers] = process.argv.slice(2);
const shim = { pid: process.pid, keeperPid: Number(process.env.HOLDFAST_KEEPER), group };
const list = containers.map((name) => {
  const [namespace, id] = name.split('/');
  return { namespace, id, status: 'running', shim };
});
createServer((request, response) => {
  response.end(JSON.stringify(request.url === '/v1/containers' ? list : { shim }));
}).listen({ fd: 4 });

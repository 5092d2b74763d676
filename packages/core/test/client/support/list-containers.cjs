// A shimd that lists the containers given as arguments (`NS/ID`) as running, and counts them.
'use strict';
const { createServer } = require('node:http');

const [group, ...containers] = process.argv.slice(2);
const shim = { pid: process.pid, keeperPid: Number(process.env.HOLDFAST_KEEPER), group };
const list = containers.map((name) => {
  const [namespace, id] = name.split('/');
  return { namespace, id, status: 'running', shim };
});
const metrics = `# HELP holdfast_containers Help.
# TYPE holdfast_containers gauge
holdfast_containers{group="${group}"} ${list.length}
`;
createServer((request, response) => {
  if (request.url === '/metrics') return void response.end(metrics);
  response.end(JSON.stringify(request.url === '/v1/containers' ? list : { shim }));
}).listen({ fd: 4 });

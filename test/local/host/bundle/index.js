const {http} = require('@google-cloud/functions-framework');

http('hello', (request, response) =>
  response.json({
    pid: process.pid,
    body: request.body,
    name: process.env.K_SERVICE,
    own: process.env.MILLRACE_TEST,
  }),
);
http('fragile', () => process.kill(process.pid, 'SIGKILL'));

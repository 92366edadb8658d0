require 'sinatra'

get '/healthz' do
  'ok'
end

get '/' do
  'a poem'
end

<?php

namespace App\Controller;

use Symfony\Component\HttpFoundation\Response;
use Symfony\Component\Routing\Attribute\Route;

class HealthController
{
    #[Route('/healthz', name: 'healthz', methods: ['GET'])]
    public function check(): Response
    {
        return new Response('ok');
    }
}

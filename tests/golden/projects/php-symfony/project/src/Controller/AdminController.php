<?php

namespace App\Controller;

use Symfony\Component\Routing\Attribute\Route;

#[Route('/admin')]
class AdminController
{
    #[Route('/ready', name: 'ready')]
    public function ready(): void {}
}
